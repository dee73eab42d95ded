// 测试 Webhook
const testWebhook = async (webhookId, eventType = 'test.ping') => {
const response = await fetch(`/api/webhooks/${webhookId}/test`, {
method: 'POST',
headers: {
'Authorization': `Bearer ${accessToken}`,
'Content-Type': 'application/json'
},
body: JSON.stringify({
event_type: eventType,
payload: {
test: true,
timestamp: new Date().toISOString(),
message: 'This is a test webhook delivery'
}
})
});
const result = await response.json();
if (response.ok) {
console.log('Webhook 测试成功:');
console.log(`- 投递 ID: ${result.delivery_id}`);
console.log(`- 状态: ${result.status}`);
console.log(`- 响应码: ${result.response_code}`);
console.log(`- 响应时间: ${result.response_time}ms`);
return result;
} else {
throw new Error(result.message);
}
};
// 批量测试所有 Webhook
const testAllWebhooks = async () => {
try {
const webhooks = await getWebhooks({ active: true });
console.log(`测试 ${webhooks.webhooks.length} 个活跃的 Webhook...`);
for (const webhook of webhooks.webhooks) {
console.log(`\n测试 Webhook: ${webhook.name}`);
try {
const result = await testWebhook(webhook.webhook_id);
if (result.status === 'success') {
console.log('✅ 测试通过');
} else {
console.log('❌ 测试失败:', result.error);
}
} catch (error) {
console.log('❌ 测试出错:', error.message);
}
}
} catch (error) {
console.error('批量测试失败:', error.message);
}
};
// 使用示例
testAllWebhooks();
