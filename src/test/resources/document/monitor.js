// 获取 Webhook 统计
const getWebhookStats = async (webhookId, period = 'day') => {
const response = await fetch(`/api/webhooks/${webhookId}/stats?period=${period}`, {
headers: {
'Authorization': `Bearer ${accessToken}`
}
});
const stats = await response.json();
if (response.ok) {
return stats;
} else {
throw new Error(stats.message);
}
};
// 监控 Webhook 健康状态
const monitorWebhookHealth = async (webhookId) => {
try {
const stats = await getWebhookStats(webhookId);
const successRate = stats.overall_stats.success_rate;
const avgResponseTime = stats.overall_stats.average_response_time;
console.log(`Webhook ${webhookId} 健康状态:`);
console.log(`- 成功率: ${successRate}%`);
console.log(`- 平均响应时间: ${avgResponseTime}ms`);
// 健康状态检查
if (successRate < 95) {
console.warn('⚠️ 成功率低于 95%,需要检查');
// 获取最近的失败投递
const deliveries = await getWebhookDeliveries(webhookId, {
status: 'failed',
limit: 10
});
console.log('最近的失败投递:');
deliveries.deliveries.forEach(delivery => {
console.log(`- ${delivery.event_type}: ${delivery.error}`);
});
}
if (avgResponseTime > 5000) {
console.warn('⚠️ 平均响应时间超过 5 秒,可能存在性能问题');
}
return {
healthy: successRate >= 95 && avgResponseTime <= 5000,
successRate,
avgResponseTime
};
} catch (error) {
console.error('获取 Webhook 统计失败:', error.message);
return { healthy: false, error: error.message };
}
};
// 定期健康检查
setInterval(async () => {
const webhooks = await getWebhooks();
for (const webhook of webhooks.webhooks) {
if (webhook.active) {
const health = await monitorWebhookHealth(webhook.webhook_id);
if (!health.healthy) {
console.error(`Webhook ${webhook.name} 不健康:`, health);
// 发送警报
await sendAlert({
type: 'webhook_unhealthy',
webhook_id: webhook.webhook_id,
webhook_name: webhook.name,
details: health
});
}
}
}
}, 5 * 60 * 1000);
