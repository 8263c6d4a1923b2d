"""One package a workflow. They know nothing of each other; what they share lies below, in `eap_workflow.process`."""
