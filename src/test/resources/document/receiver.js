// Express.js Webhook 处理器
const express = require('express');
const crypto = require('crypto');
const app = express();
// 中间件:原始载荷解析
app.use('/webhooks/trae', express.raw({ type: 'application/json' }));
// Webhook 处理器
app.post('/webhooks/trae', (req, res) => {
try {
// 验证签名
const signature = req.headers['x-trae-signature-256'];
const payload = req.body;
const secret = process.env.WEBHOOK_SECRET;
if (!verifyWebhookSignature(payload, signature, secret)) {
console.error('Webhook 签名验证失败');
return res.status(401).send('Unauthorized');
}
// 解析事件
const event = JSON.parse(payload);
const eventType = event.event;
const eventData = event.data;
console.log(`收到 Webhook 事件: ${eventType}`);
// 根据事件类型处理
switch (eventType) {
case 'build.completed':
handleBuildCompleted(eventData);
break;
case 'build.failed':
handleBuildFailed(eventData);
break;
case 'deployment.completed':
handleDeploymentCompleted(eventData);
break;
case 'deployment.failed':
handleDeploymentFailed(eventData);
break;
case 'collaboration.invited':
handleCollaborationInvited(eventData);
break;
case 'security.alert':
handleSecurityAlert(eventData);
break;
default:
console.log(`未处理的事件类型: ${eventType}`);
}
// 返回成功响应
res.status(200).send('OK');
} catch (error) {
console.error('处理 Webhook 事件时出错:', error);
res.status(500).send('Internal Server Error');
}
});
// 事件处理函数
function handleBuildCompleted(data) {
console.log(`构建完成: ${data.build_id}`);
console.log(`项目: ${data.project_name}`);
console.log(`分支: ${data.branch}`);
console.log(`持续时间: ${data.duration}秒`);
// 发送通知到 Slack
sendSlackNotification({
text: `✅ 构建成功`,
attachments: [{
color: 'good',
fields: [
{ title: '项目', value: data.project_name, short: true },
{ title: '分支', value: data.branch, short: true },
{ title: '提交', value: data.commit_sha.substring(0, 7), short: true },
{ title: '持续时间', value: `${data.duration}秒`, short: true }
],
actions: [{
type: 'button',
text: '查看构建',
url: data.logs_url
}, {
type: 'button',
text: '预览部署',
url: data.deploy_preview_url
}]
}]
});
}
function handleBuildFailed(data) {
console.log(`构建失败: ${data.build_id}`);
console.log(`项目: ${data.project_name}`);
console.log(`错误: ${data.error.message}`);
// 发送通知到 Slack
sendSlackNotification({
text: `❌ 构建失败`,
attachments: [{
color: 'danger',
fields: [
{ title: '项目', value: data.project_name, short: true },
{ title: '分支', value: data.branch, short: true },
{ title: '提交', value: data.commit_sha.substring(0, 7), short: true },
{ title: '错误', value: data.error.message, short: false }
],
actions: [{
type: 'button',
text: '查看日志',
url: data.logs_url
}]
}]
});
}
function handleDeploymentCompleted(data) {
console.log(`部署完成: ${data.deployment_id}`);
console.log(`环境: ${data.environment}`);
console.log(`URL: ${data.url}`);
// 发送邮件通知
sendEmailNotification({
to: data.author.email,
subject: `部署成功 - ${data.project_name}`,
template: 'deployment-success',
data: {
project_name: data.project_name,
environment: data.environment,
url: data.url,
commit_message: data.commit_message,
author_name: data.author.name
}
});
}
function handleSecurityAlert(data) {
console.log(`安全警报: ${data.alert_type}`);
console.log(`严重程度: ${data.severity}`);
console.log(`用户: ${data.user.username}`);
// 立即通知安全团队
sendSecurityAlert({
alert_id: data.alert_id,
alert_type: data.alert_type,
severity: data.severity,
user: data.user,
details: data.details,
actions_taken: data.actions_taken
});
}
// 辅助函数
function verifyWebhookSignature(payload, signature, secret) {
const expectedSignature = crypto
.createHmac('sha256', secret)
.update(payload, 'utf8')
.digest('hex');
const receivedSignature = signature.replace('sha256=', '');
return crypto.timingSafeEqual(
Buffer.from(expectedSignature, 'hex'),
Buffer.from(receivedSignature, 'hex')
);
}
function sendSlackNotification(message) {
// 实现 Slack 通知逻辑
console.log('发送 Slack 通知:', message.text);
}
function sendEmailNotification(email) {
// 实现邮件通知逻辑
console.log('发送邮件通知:', email.subject);
}
function sendSecurityAlert(alert) {
// 实现安全警报逻辑
console.log('发送安全警报:', alert.alert_type);
}
app.listen(3000, () => {
console.log('Webhook 服务器运行在端口 3000');
});
