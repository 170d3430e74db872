"""Registers of other offices (外部信息): deaths, enterprises, payroll, vehicles, housing, own ones."""
