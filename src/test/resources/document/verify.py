import hmac
import hashlib
import json
import os
from flask import Flask, request, abort
app = Flask(__name__)
def verify_webhook_signature(payload, signature, secret):
    expected_signature = hmac.new(
        secret.encode('utf-8'),
        payload,
        hashlib.sha256
    ).hexdigest()
    received_signature = signature.replace('sha256=', '')
    return hmac.compare_digest(expected_signature, received_signature)
@app.route('/webhooks/trae', methods=['POST'])
def handle_webhook():
    signature = request.headers.get('X-Trae-Signature-256')
    payload = request.get_data()
    secret = os.environ.get('WEBHOOK_SECRET')
    if not verify_webhook_signature(payload, signature, secret):
        abort(401)
    # 处理 Webhook 事件
    event = json.loads(payload)
    print(f'Received event: {event["event"]}')
    return 'OK', 200
