"""``python -m eap_workflow`` is the command line."""

from eap_workflow.cli import main

if __name__ == "__main__":
    main()
