"""Settings: from the environment, then from the file that `quickstart` writes, then embedded defaults.

Each module is one thing that is set, and Django reads all of them here. Nothing here is secret; a start without a secret
key is refused.
"""

from workbench.settings.accounts import *
from workbench.settings.address import *
from workbench.settings.application import *
from workbench.settings.database import *
from workbench.settings.files import *
from workbench.settings.installation import *
from workbench.settings.jobs import *
from workbench.settings.labelstudio import *
from workbench.settings.mail import *
from workbench.settings.pages import *
from workbench.settings.programs import *
from workbench.settings.rest import *
from workbench.settings.security import *
from workbench.settings.telemetry import *
