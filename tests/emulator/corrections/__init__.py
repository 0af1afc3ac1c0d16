"""Where moto is kinder than AWS, or other than AWS; always corrected."""

from . import flow_log_creation as flow_log_creation
from . import flow_log_deletion as flow_log_deletion
from . import flow_log_listing as flow_log_listing
from . import flow_log_tags as flow_log_tags
from . import iam_policies as iam_policies
from . import iam_roles as iam_roles
from . import log_group_settings as log_group_settings
from . import log_group_tags as log_group_tags
from . import log_groups as log_groups
from . import pages as pages
