//! The actions of RDS.

/// Defines [`Action`], with the names on the wire.
macro_rules! actions {
    ($($action:ident,)*) => {
        /// An action of RDS.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named as AWS names it")]
        pub enum Action {
            $($action,)*
        }

        impl Action {
            pub(super) fn parse(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($action) => Some(Action::$action),)*
                    _ => None,
                }
            }

            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Action::$action => stringify!($action),)*
                }
            }

            /// Returns the root element of the action's reply.
            pub(super) fn response(self) -> &'static str {
                match self {
                    $(Action::$action => concat!(stringify!($action), "Response"),)*
                }
            }
        }
    };
}

actions! {
    AddTagsToResource,
    CreateDBCluster,
    CreateDBInstance,
    DeleteDBCluster,
    DeleteDBInstance,
    DescribeAccountAttributes,
    DescribeBlueGreenDeployments,
    DescribeDBClusterAutomatedBackups,
    DescribeDBClusterParameterGroups,
    DescribeDBClusters,
    DescribeDBInstanceAutomatedBackups,
    DescribeDBInstances,
    DescribeDBParameterGroups,
    DescribeDBSubnetGroups,
    DescribeOptionGroups,
    DescribeOrderableDBInstanceOptions,
    ListTagsForResource,
    ModifyDBCluster,
    ModifyDBInstance,
    RestoreDBClusterToPointInTime,
    RestoreDBInstanceToPointInTime,
}
