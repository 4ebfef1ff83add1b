/** Builds MinIO with Go for the tests of remotes, by `npm run install:minio`: a few minutes, once, into the user's cache. */
import { installWithGo } from './go-program.ts';
import { minioProgram } from './minio.ts';

/** It has no versions that Go knows by name. */
const MINIO = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';

installWithGo(MINIO, { title: 'MinIO', program: minioProgram() });
