"""What can go wrong on the way to AWS, and with AWS; nothing does until a scenario says so.

A call that a test makes itself meets none of them.
"""

from . import broken_connections as broken_connections
from . import late_reads as late_reads
from . import refusals as refusals
from . import request_rates as request_rates
from . import resurrection as resurrection
from . import write_conflicts as write_conflicts
