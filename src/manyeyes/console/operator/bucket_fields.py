"""The fields of a bucket's form, alike for every edge that has a page: its secret is sent and never shown."""

from manyeyes.buckets import rules
from manyeyes.console.operator.sheets import Field
from manyeyes.console.shared.languages import mark

assert rules.LONGEST_SECRET == 200  # said in the message
BUCKET = (
    Field(
        name="name",
        label=mark("The bucket's own name"),
        hint=mark("Its tasks name pictures as s3://BUCKET/KEY. What was kept under the name is replaced."),
        reads=rules.read_bucket_name,
        unfit=mark("A bucket's name has 3 to 63 letters, digits, dots, hyphens or underscores."),
    ),
    Field(
        name="endpoint",
        label=mark("Address of the store"),
        hint=mark("Such as https://s3.example.com. Empty: Amazon's of the region."),
        mode="url",
    ),
    Field(
        name="region",
        label=mark("Region that requests are signed for"),
        hint=mark("Stores without regions take us-east-1."),
        reads=rules.read_region,
        unfit=mark("Write a region like eu-central-1."),
    ),
    Field(
        name="access_key",
        label=mark("Name of the key that may read and list it"),
        reads=rules.read_access_key,
        unfit=mark("A key's name has 1 to 128 visible characters and no slash."),
    ),
    Field(
        name="secret",
        label=mark("The key's secret"),
        hint=mark("It is kept sealed and never shown again."),
        kind="secret",
        reads=rules.read_secret,
        unfit=mark("A secret has 1 to 200 visible characters. Write it again."),
    ),
)
BUCKET_USUAL = {"name": "", "endpoint": "", "region": "us-east-1", "access_key": "", "secret": ""}
