package org.numcodecs;

import java.util.function.ToIntFunction;

/** A call of the library failed. {@code code} is one of the NUMCODECS_ERR_ numbers of numcodecs.h. */
public final class NumcodecsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final int code;
    /** Id of the codec that failed, or empty. */
    public final String codec;
    /** Key or JSON path in the configuration, or empty. */
    public final String path;

    private NumcodecsException(Library.ErrorRecord err) {
        super(Library.ErrorRecord.text(err.message));
        code = err.code;
        codec = Library.ErrorRecord.text(err.codec);
        path = Library.ErrorRecord.text(err.path);
    }

    static void check(ToIntFunction<Library.ErrorRecord> call) {
        Library.ErrorRecord err = new Library.ErrorRecord();
        if (call.applyAsInt(err) != 0) {
            throw new NumcodecsException(err);
        }
    }
}
