"""The application's side of a RabbitMQ stream.

  queue.py URL declare STREAM   makes the stream
  queue.py URL publish STREAM   publishes each line of its input, and prints `done` once the broker has it
  queue.py URL follow STREAM    prints each message, from the first on, and goes on
"""
import sys
import time

import pika

url, verb, stream = sys.argv[1:]
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
if verb == "declare":
    channel.queue_declare(stream, durable=True, arguments={"x-queue-type": "stream"})
elif verb == "publish":
    channel.confirm_delivery()
    for line in sys.stdin:
        properties = pika.BasicProperties(timestamp=int(time.time()), delivery_mode=2)
        channel.basic_publish("", stream, line.rstrip("\n").encode(), properties, mandatory=True)
        print("done", flush=True)
else:
    channel.basic_qos(prefetch_count=100)
    for method, _, body in channel.consume(stream, arguments={"x-stream-offset": "first"}):
        print(body.decode(), flush=True)
        channel.basic_ack(method.delivery_tag)
