export { ConnectAccount } from './connect_account.tsx';
