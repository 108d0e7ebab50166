DROP TABLE former_members;
DROP TABLE invitations;
