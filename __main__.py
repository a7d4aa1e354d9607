"""Cold-chain readings over MQTT become stored readings and alerts. This program deploys, for one stack:

- the tables of devices, readings, repeated messages and quarantined messages
- the topic that alerts and alarms go to, and a subscription by mail where an address is configured
- the Lambda functions of handlers/, each with a role of its own
- the telemetry workflow as an Express state machine, behind an alias
- ingestion: IoT rule -> queue (with its dead-letter queue) -> pipe -> workflow
- the sweeper's schedule, for alerts that were stored and never sent
- alarms, a dashboard, and the IoT policy for devices

Settings: Pulumi.yaml describes them, Pulumi.STACK.yaml sets them. Components: infrastructure/, one file each.
"""

import pulumi
import pulumi_aws as aws

from infrastructure import package
from infrastructure.account import Account
from infrastructure.alarms import Alarms, AlarmsArgs
from infrastructure.alerts import Alerts, AlertsArgs
from infrastructure.dashboard import Dashboard, DashboardArgs
from infrastructure.devices import DevicePolicy, DevicePolicyArgs
from infrastructure.functions import Functions, FunctionsArgs
from infrastructure.ingestion import TELEMETRY_TOPIC, Ingestion, IngestionArgs
from infrastructure.pipe import Pipe, PipeArgs
from infrastructure.settings import load
from infrastructure.state_machine import StateMachine, StateMachineArgs, limits_of
from infrastructure.sweep import TIMEOUT_SECONDS, Sweep, SweepArgs
from infrastructure.tables import PENDING_INDEX, Tables, TablesArgs
from pipelines.telemetry import telemetry

settings = load(limits_of(telemetry))
account = Account.current()

tables = Tables("tables", TablesArgs(settings, account))
alerts = Alerts("alerts", AlertsArgs(settings, account))

functions = Functions(
    "functions",
    FunctionsArgs(
        settings,
        account,
        names=[*(function.name for function in telemetry.functions), "sweep"],
        code=package.archive(bundle_dependencies=settings.bundle_dependencies),
        environment={
            "DEDUPLICATION_DAYS": str(settings.deduplication_days),
            "QUARANTINE_TABLE": tables.quarantine.name,
            "READINGS_TABLE": tables.readings.name,
            "READINGS_INDEX": PENDING_INDEX,
            "ALERTS_TOPIC": alerts.topic.arn,
        },
        grants={"quarantine": tables.may_quarantine(), "sweep": [*tables.may_sweep(), *alerts.may_publish()]},
        timeouts={"sweep": TIMEOUT_SECONDS},
    ),
)

workflow = StateMachine(
    "telemetry",
    StateMachineArgs(
        settings,
        account,
        telemetry,
        bindings={**functions.bindings, **tables.bindings, **alerts.bindings},
        arns={**functions.arns, **alerts.arns},
    ),
)

ingestion = Ingestion("ingestion", IngestionArgs(settings, account))
grants = [*ingestion.may_take(), *workflow.may_run()]
pipe = Pipe("pipe", PipeArgs(settings, account, ingestion.queue.arn, workflow.alias.arn, grants))
Sweep("sweeper", SweepArgs(settings, account, functions.bindings["function.sweep"], functions.arns["function.sweep"]))
DevicePolicy("device", DevicePolicyArgs(settings, account))

watched = {
    "state_machine_arn": workflow.machine.arn,
    "pipe_name": pipe.pipe.name,
    "queue_name": ingestion.queue.name,
    "dead_letters_name": ingestion.dead_letters.name,
}
sweeper = functions.functions["sweep"].name
alarms = Alarms("alarms", AlarmsArgs(settings, topic_arn=alerts.topic.arn, sweep_function_name=sweeper, **watched))
dashboard = Dashboard("dashboard", DashboardArgs(settings, account, alarm_arns=alarms.arns, **watched))

pulumi.export("mqttEndpoint", aws.iot.get_endpoint_output(endpoint_type="iot:Data-ATS").endpoint_address)
pulumi.export("telemetryTopic", TELEMETRY_TOPIC)
pulumi.export("readingsTable", tables.readings.name)
pulumi.export("devicesTable", tables.devices.name)
pulumi.export("repeatsTable", tables.repeats.name)
pulumi.export("quarantineTable", tables.quarantine.name)
pulumi.export("alertsTopic", alerts.topic.arn)
pulumi.export("telemetryQueue", ingestion.queue.url)
pulumi.export("deadLetterQueue", ingestion.dead_letters.url)
pulumi.export("stateMachine", workflow.machine.arn)
pulumi.export("pipe", pipe.pipe.name)
pulumi.export("dashboard", dashboard.url)
