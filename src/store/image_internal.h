/*
 * What the two halves of images share.
 *
 * Purpose:   image.c opens and reads, image_commit.c replaces.
 * Ownership: as in store/image.h.
 * Errors:    as in store/image.h.
 * Threads:   one owner.
 * Source:    POSIX.1-2017 rename, Linux renameat2(2), flock(2).
 */
#ifndef CY_STORE_IMAGE_INTERNAL_H
#define CY_STORE_IMAGE_INTERNAL_H

#include "store/image.h"

bool cy_image_same_file(const struct stat *a, const struct stat *b);

#endif
