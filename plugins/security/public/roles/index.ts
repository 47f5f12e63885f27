export { RolesPage } from './roles_page.tsx';
