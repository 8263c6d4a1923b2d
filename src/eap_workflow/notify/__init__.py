"""A shell that turns messages into e-mail: templates, an address book in a file, and delivery over SMTP.

Nothing below imports it. It needs the extra ``mail``, for the templates.
"""

from __future__ import annotations

from eap_workflow.notify.address_book import FileAddressBook
from eap_workflow.notify.rendering import Rendered, Rendering, TemplateError
from eap_workflow.notify.smtp import SmtpDelivery

__all__ = ["FileAddressBook", "Rendered", "Rendering", "SmtpDelivery", "TemplateError"]
