export { anAuthenticatedUser, aPrincipal } from './http/principal.mock.ts';
export { securityHeaders } from './http/security_headers.ts';
export { createUrlBuilder } from './http/url_builder.ts';
export { createLoggerMock, type LoggedLine, type LoggerMock } from './logging/logger.mock.ts';
export type { PageStory, PageStoryGroup, SubmittedStory } from './pages/page_stories.mock.ts';
export { pageStyle } from './pages/page_style.ts';
export { textProblems } from './pages/text_problems.mock.ts';
export { ManualClock, seededRandomness } from './time/manual_time.mock.ts';
