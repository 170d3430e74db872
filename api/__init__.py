"""The doors of fundtrail: command line, HTTP service and exports."""
