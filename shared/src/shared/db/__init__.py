"""PostgreSQL: engine and transactions, migrations, and the tables that every service has."""
