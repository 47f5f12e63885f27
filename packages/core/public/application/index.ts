export { AppPages } from './app_pages.tsx';
export { AppRegistry, appAt, homeApp, mayOpen, menuApps } from './app_registry.ts';
export { Navigation, type NavigationWindow } from './navigation.ts';
export { type AppLink, useAppLink } from './use_app_link.ts';
export { type LeaveGuardOptions, useLeaveGuard } from './use_leave_guard.ts';
