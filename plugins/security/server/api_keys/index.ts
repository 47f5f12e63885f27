export { apiKeyFeature } from './api_key_feature.ts';
export { registerApiKeyRoutes } from './api_key_routes.ts';
export { ApiKeyService } from './api_key_service.ts';
export { ApiKeyStore } from './store/api_key_store.ts';
export { apiKeyType } from './store/api_key_type.ts';
