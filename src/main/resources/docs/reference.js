window.ui = SwaggerUIBundle({
  url: '/api/openapi.yaml',
  dom_id: '#reference',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
});
