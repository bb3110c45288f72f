"""What administrators keep for those who lead: settings and texts. Never anything about a person."""

from supporters import admin_incidents as admin_incidents
from supporters import admin_joining as admin_joining
from supporters import admin_network as admin_network
from supporters import admin_texts as admin_texts
from supporters import admin_training as admin_training
from supporters import admin_wellbeing as admin_wellbeing
from supporters import admin_workload as admin_workload
