export { GrantsPage } from './grants_page.tsx';
