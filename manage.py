#!/usr/bin/env python3
"""Django's command line for the workbench; `manage.py help` lists the commands."""

from workbench.__main__ import main

if __name__ == "__main__":
    main()
