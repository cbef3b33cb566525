/** What makes a checkpoint exist: the manifest, its layout in the store, and which manifests count. */
@NullMarked
package dev.drover.protocol.checkpoint;

import org.jspecify.annotations.NullMarked;
