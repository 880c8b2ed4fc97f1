"""The demo: a real server, a simulated crowd and drawn pictures. Run it as `python -m demo`.

Nothing in the product may depend on this folder; it uses the product only through its command line and its HTTP
contracts.
"""
