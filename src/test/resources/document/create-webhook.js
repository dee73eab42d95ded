// 创建 Webhook
const createWebhook = async (webhookData) => {
const response = await fetch('/api/webhooks', {
method: 'POST',
headers: {
'Authorization': `Bearer ${accessToken}`,
'Content-Type': 'application/json'
},
body: JSON.stringify(webhookData)
});
const webhook = await response.json();
if (response.ok) {
console.log('Webhook 创建成功:', webhook.webhook_id);
return webhook;
} else {
throw new Error(webhook.message);
}
};
// 使用示例
try {
const webhook = await createWebhook({
url: 'https://api.myapp.com/webhooks/trae',
events: [
'build.completed',
'build.failed',
'deployment.completed',
'deployment.failed'
],
name: 'CI/CD Notifications',
description: 'Receive build and deployment notifications',
secret: 'my-webhook-secret-key',
active: true,
project_id: 'proj_123',
headers: {
'X-API-Key': 'my-api-key'
},
timeout: 30,
retry_policy: {
max_attempts: 3,
backoff_strategy: 'exponential',
initial_delay: 1000,
max_delay: 60000
}
});
console.log('Webhook URL:', webhook.url);
console.log('订阅事件:', webhook.events);
} catch (error) {
console.error('创建 Webhook 失败:', error.message);
}
