export { ConnectAccount, type ConnectAccountProps } from './connect_account.tsx';
