export { ProfilePage } from './profile_page.tsx';
