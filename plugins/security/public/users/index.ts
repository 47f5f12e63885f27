export { UsersPage } from './users_page.tsx';
