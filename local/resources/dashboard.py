"""aws:cloudwatch/dashboard:Dashboard.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, names


class Dashboard(Handler):
    """A dashboard; its id is its name. The local AWS keeps it and draws nothing."""

    type = "aws:cloudwatch/dashboard:Dashboard"
    handles = names("dashboardName dashboardBody")

    def create(self, call: Call) -> Made:
        """Put the dashboard."""
        name = call.inputs["dashboardName"]
        call.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=call.inputs["dashboardBody"])
        return Made(
            name, {"dashboardArn": call.arn("cloudwatch", f"dashboard/{name}").replace(f":{call.region}:", "::")}
        )


HANDLER = Dashboard()
