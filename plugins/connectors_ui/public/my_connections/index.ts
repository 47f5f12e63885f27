export { MyConnectionsPage } from './my_connections_page.tsx';
