export { SpacesPage } from './spaces_page.tsx';
