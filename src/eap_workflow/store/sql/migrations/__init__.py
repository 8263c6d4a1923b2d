"""How the tables of an older version become today's: an Alembic script for each version, under ``versions``.

A script is written once and never changed: it says what the tables of its version are in words of its own, so that what
`eap_workflow.store.sql.tables` says today may go on. Nothing here commits: `eap_workflow.store.sql.migrating` runs all
scripts in one transaction. There is no way back but the copy that was made before.
"""
