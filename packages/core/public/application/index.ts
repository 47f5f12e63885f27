export { AppPages } from './app_pages.tsx';
export { AppRegistry, appAt, mayOpen, menuApps } from './app_registry.ts';
export { Navigation, type NavigationWindow } from './navigation.ts';
export { PageSpaceGone } from './page_notices.tsx';
export { useAppLink } from './use_app_link.ts';
