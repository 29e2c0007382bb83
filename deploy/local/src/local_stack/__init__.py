"""The whole of Dunwell on one machine, without containers.

For people: `make up`. For tests, each launcher is a context manager that leaves nothing behind:

    with postgres(folder) as url, kafka(folder) as bootstrap:
        topics.create(bootstrap, prefix="t1.", partitions=4)
"""
