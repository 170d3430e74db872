"""Cases: findings as alerts, the slips by which people handle them, and the database of both."""
