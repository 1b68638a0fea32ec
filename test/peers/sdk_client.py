"""Sends log records with the unmodified OpenTelemetry SDK for Python: sdk_client.py URL COUNT"""

import logging
import sys
import warnings

warnings.simplefilter("ignore")

from opentelemetry.exporter.otlp.proto.http import Compression  # noqa: E402
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: E402
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler  # noqa: E402
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: E402
from opentelemetry.sdk.resources import Resource  # noqa: E402

url, count = sys.argv[1], int(sys.argv[2])
exporter = OTLPLogExporter(endpoint=url, compression=Compression.Gzip)
resource = Resource.create({"service.name": "planner", "service.namespace": "python"})
provider = LoggerProvider(resource=resource)
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
logger = logging.getLogger("agent")
logger.setLevel(logging.INFO)
logger.addHandler(LoggingHandler(logger_provider=provider))
for step in range(count):
    logger.warning("step %d of the plan", step, extra={"step": step, "ratio": 0.5})
provider.force_flush()
provider.shutdown()
