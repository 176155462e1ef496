"""What an application does at a RabbitMQ broker: broker.py URL VERB QUEUE."""
import json
import sys

import pika

url, verb, queue = sys.argv[1:4]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
if verb == "exists":
    try:
        print(channel.queue_declare(queue, passive=True).method.message_count)
    except pika.exceptions.ChannelClosedByBroker:
        print("none")
elif verb == "publish":
    # One message for each line; the first line has the arguments of the queue.
    arguments, *bodies = sys.stdin.read().splitlines()
    channel.queue_declare(queue, durable=True, arguments=json.loads(arguments))
    for body in bodies:
        channel.basic_publish("", queue, body.encode(), pika.BasicProperties(message_id=body, headers={"of": body}))
elif verb == "list":
    # Not acknowledged: they are in the queue again afterwards.
    method, properties, body = channel.basic_get(queue)
    while method:
        print(properties.message_id, body.decode())
        method, properties, body = channel.basic_get(queue)
elif verb == "read":
    # A stream that has messages.
    channel.basic_qos(prefetch_count=1000)
    left = channel.queue_declare(queue, passive=True).method.message_count
    arrived = []
    channel.basic_consume(queue, lambda *message: arrived.append(message), arguments={"x-stream-offset": "first"})
    while left:
        connection.process_data_events(time_limit=1)
        while arrived:
            _, method, properties, body = arrived.pop(0)
            channel.basic_ack(method.delivery_tag)
            assert properties.message_id == properties.headers["of"] == body.decode(), properties
            print(body.decode())
            left -= 1
    sys.stdout.flush()
elif verb == "consume":
    channel.basic_consume(queue, lambda *_: None)
    print("consuming", flush=True)
    while True:
        connection.process_data_events(time_limit=1)
elif verb == "delete":
    channel.queue_delete(queue)
