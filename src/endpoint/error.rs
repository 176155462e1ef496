//! S3 errors: a code, its HTTP status, and the other elements of the XML body.

use std::borrow::Cow;

/// Defines [`Code`] as one table of name, HTTP status and default message.
macro_rules! codes {
    ($($code:ident $status:literal $message:literal,)*) => {
        /// An S3 error code, named as on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($code,)*
        }

        impl Code {
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Code::$code => stringify!($code),)*
                }
            }

            pub(crate) fn status(self) -> u16 {
                match self {
                    $(Code::$code => $status,)*
                }
            }

            fn message(self) -> &'static str {
                match self {
                    $(Code::$code => $message,)*
                }
            }
        }
    };
}

codes! {
    AccessDenied 403 "Access Denied",
    AccessControlListNotSupported 400 "The bucket does not allow ACLs",
    AuthorizationHeaderMalformed 400 "The authorization header is malformed",
    AuthorizationQueryParametersError 400 "Query-string authentication is not valid",
    BadDigest 400 "The digest you specified did not match the calculated checksum.",
    BucketAlreadyOwnedByYou 409 "Your previous request to create the named bucket succeeded and you already own it.",
    BucketNotEmpty 409 "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
    ConditionalRequestConflict 409 "The conditional request cannot succeed due to a conflicting operation.",
    EntityTooSmall 400 "Your proposed upload is smaller than the minimum allowed size",
    ExpiredToken 400 "The provided token has expired.",
    IncompleteBody 400 "You did not provide the number of bytes specified by the Content-Length HTTP header",
    InternalError 500 "We encountered an internal error. Please try again.",
    InvalidAccessKeyId 403 "The AWS Access Key Id you provided does not exist in our records.",
    InvalidArgument 400 "Invalid Argument",
    InvalidBucketName 400 "The specified bucket is not valid.",
    InvalidDigest 400 "The Content-MD5 you specified was invalid.",
    InvalidObjectState 403 "The operation is not valid for the object's storage class",
    InvalidPart 400 "One or more of the specified parts could not be found, or its entity tag does not match.",
    InvalidPartOrder 400 "The list of parts was not in ascending order.",
    InvalidRange 416 "The requested range is not satisfiable",
    InvalidRequest 400 "The request is not valid.",
    InvalidTag 400 "The tag provided was not a valid tag.",
    InvalidURI 400 "Couldn't parse the specified URI.",
    KeyTooLongError 400 "Your key is too long",
    MalformedXML 400 "The XML you provided was not well-formed or did not validate against our published schema",
    MethodNotAllowed 405 "The specified method is not allowed against this resource.",
    NoSuchBucket 404 "The specified bucket does not exist",
    NoSuchBucketPolicy 404 "The bucket policy does not exist",
    NoSuchKey 404 "The specified key does not exist.",
    NoSuchLifecycleConfiguration 404 "The lifecycle configuration does not exist",
    NoSuchUpload 404 "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    NoSuchVersion 404 "The specified version does not exist.",
    NoSuchWebsiteConfiguration 404 "The specified bucket does not have a website configuration",
    NotImplemented 501 "A header or query you provided implies functionality that is not implemented",
    NotModified 304 "Not Modified",
    ObjectLockConfigurationNotFoundError 404 "Object Lock configuration does not exist for this bucket",
    OwnershipControlsNotFoundError 404 "The bucket ownership controls were not found",
    PermanentRedirect 301 "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    PreconditionFailed 412 "At least one of the pre-conditions you specified did not hold",
    ReplicationConfigurationNotFoundError 404 "The replication configuration was not found",
    RequestTimeTooSkewed 403 "The difference between the request time and the current time is too large.",
    RestoreAlreadyInProgress 409 "Object restore is already in progress",
    ServerSideEncryptionConfigurationNotFoundError 404 "The server side encryption configuration was not found",
    SignatureDoesNotMatch 403 "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    SlowDown 503 "Please reduce your request rate.",
    XAmzContentSHA256Mismatch 400 "The provided 'x-amz-content-sha256' header does not match what was computed.",
}

/// An error reply.
#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub(crate) code: Code,
    pub(crate) message: Cow<'static, str>,
    /// Elements of the XML body in addition to code, message, resource and request ID.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Headers of the reply.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// The result of a handler.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), fields: Vec::new(), headers: Vec::new() }
    }

    pub(crate) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code, code.message())
    }
}
