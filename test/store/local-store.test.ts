import { temporaryFolder } from '../base/temporary-folder.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { storeContract } from './contract.ts';

storeContract('a local folder', () => openLocalStore(`${temporaryFolder()}/store`));
