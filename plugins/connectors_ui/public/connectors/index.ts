export { ConnectorsPage } from './connectors_page.tsx';
