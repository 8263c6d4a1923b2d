"""What `eap_workflow.calendar` is made of: which days count and why, where that is known from, and how it is kept."""
