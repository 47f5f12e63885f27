export { AppTheme, type StyleCaches } from './app_theme.tsx';
